//! The templates of `web/pages`, and the functions they call. Everything that people typed is escaped by the
//! engine.

use std::sync::Arc;

use minijinja::value::Kwargs;
use minijinja::{Environment, State, Value};
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
        let of_the_app = Arc::clone(&manifest);
        environment.add_function("asset", move |source: &str| manifest.url(source).unwrap_or_default());
        environment.add_function("ahead", move |state: &State<'_, '_>| ahead(&of_the_app, state));
        environment.add_function("t", say);
        Self(Arc::new(environment))
    }

    /// A template filled with values.
    pub(crate) fn render(&self, template: &str, values: Value) -> Result<String, minijinja::Error> {
        self.0.get_template(template)?.render(values)
    }
}

/// `t(key, name=value)`: a sentence in the page's language.
fn say(state: &State<'_, '_>, key: &str, values: Kwargs) -> Result<String, minijinja::Error> {
    let code = language_code(state);
    let language = Language::ALL.into_iter().find(|language| language.code() == code);
    let values: Vec<(String, String)> = values
        .args()
        .map(|name| Ok((name.to_owned(), values.get::<Value>(name)?.to_string())))
        .collect::<Result<_, minijinja::Error>>()?;
    Ok(language.unwrap_or(Language::English).say(key, &values))
}

fn language_code(state: &State<'_, '_>) -> String {
    state.lookup("lang").map(|value| value.to_string()).unwrap_or_default()
}

/// `ahead()`: the files that the page behind a door asks for first, the biggest, the player's own, last. Nothing of the
/// item is among them.
fn ahead(manifest: &Manifest, state: &State<'_, '_>) -> String {
    let words = format!("virtual:words/page/{}", language_code(state));
    let (styles, scripts) =
        manifest.files(&["index.html", "src/start.ts", &words, "src/player/hls-engine.ts"]);
    let files = styles.into_iter().chain(scripts);
    files.map(|file| format!("/{file}")).collect::<Vec<_>>().join(" ")
}
