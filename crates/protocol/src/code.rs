//! The domain's coded enums on the wire. Each is one named schema with its codes: OpenAPI and TypeScript have their words
//! from the enum itself, and no list of them is kept a second time.

use std::borrow::Cow;

use domain::Coded;
use serde::{Serialize, Serializer};
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::{RefOr, schema};
use utoipa::{PartialSchema, ToSchema};

/// One word: the code of a variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Code<T>(pub T);

impl<T> From<T> for Code<T> {
    fn from(variant: T) -> Self {
        Self(variant)
    }
}

impl<T: Coded> Serialize for Code<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.code())
    }
}

impl<T: Coded> PartialSchema for Code<T> {
    fn schema() -> RefOr<Schema> {
        let codes = T::ALL.iter().map(|variant| variant.code());
        ObjectBuilder::new()
            .schema_type(schema::SchemaType::Type(Type::String))
            .enum_values(Some(codes))
            .into()
    }
}

impl<T: Coded> ToSchema for Code<T> {
    fn name() -> Cow<'static, str> {
        T::NAME.into()
    }
}

/// Names without type parameters: the derived schemas refer to a field's type by the name of what it says it is.
macro_rules! words {
    ($($name:ident),+ $(,)?) => { $(#[doc = concat!("See [`domain::", stringify!($name), "`].")] pub type $name = Code<domain::$name>;)+ };
}

words! {
    ActivityKind, Browser, Capability, ComingBack, DeviceKind, EndReason, Findable, InviteRole, InviteState, ItemKind,
    ItemRight, ItemState, KindClass, LinkState, MailState, MemberState, News, Proof, Reason, Scope, SiteRole, Stage,
}
