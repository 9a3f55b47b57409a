//! Which templates there are, and in which languages.

use domain::UnknownCode;

macro_rules! codes {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $code:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vmeta])* $variant,)+ }

        impl $name {
            /// Every one, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The only spelling outside Rust.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = UnknownCode;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($code => Ok(Self::$variant),)+
                    _ => Err(UnknownCode { of: stringify!($name), given: text.to_owned() }),
                }
            }
        }
    };
}

codes! {
    /// What a template is for.
    TemplateName {
        /// An invite's link.
        Invite = "invite",
        /// A code that proves an address.
        Code = "code",
        /// Somebody is invited to the site or sets a new password.
        Account = "account",
        /// An administrator tries whether mail works.
        Test = "test",
    }
}

codes! {
    /// The languages that mail is written in.
    Language {
        /// English.
        English = "en",
        /// Hebrew, from right to left.
        Hebrew = "he",
    }
}
