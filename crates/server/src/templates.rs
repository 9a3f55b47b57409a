//! The templates of `web/pages`, and the two functions they call. Everything that people typed is escaped by the
//! engine.

use std::sync::Arc;

use minijinja::value::Kwargs;
use minijinja::{Environment, Value};
use rust_embed::RustEmbed;

use crate::assets::Manifest;
use crate::language::Language;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/pages"]
struct Templates;

/// The template engine with all pages in it.
#[derive(Clone)]
pub(crate) struct Renderer(Arc<Environment<'static>>);

impl Renderer {
    pub(crate) fn new(manifest: Arc<Manifest>) -> Self {
        let mut environment = Environment::new();
        environment.set_loader(|name| {
            Ok(Templates::get(name).and_then(|file| String::from_utf8(file.data.into_owned()).ok()))
        });
        environment.add_function("asset", move |source: &str| manifest.url(source).unwrap_or_default());
        environment.add_function("t", say);
        Self(Arc::new(environment))
    }

    /// A template filled with values.
    pub(crate) fn render(&self, template: &str, values: Value) -> Result<String, minijinja::Error> {
        self.0.get_template(template)?.render(values)
    }
}

/// `t(key, name=value)`: a sentence in the page's language.
fn say(state: &minijinja::State<'_, '_>, key: &str, values: Kwargs) -> Result<String, minijinja::Error> {
    let code = state.lookup("lang").map(|value| value.to_string()).unwrap_or_default();
    let language = Language::ALL.into_iter().find(|language| language.code() == code);
    let values: Vec<(String, String)> = values
        .args()
        .map(|name| Ok((name.to_owned(), values.get::<Value>(name)?.to_string())))
        .collect::<Result<_, minijinja::Error>>()?;
    Ok(language.unwrap_or(Language::English).say(key, &values))
}
