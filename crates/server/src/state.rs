//! What every handler can reach.

use std::sync::{Arc, LazyLock};

use app::App;

use crate::address::{Network, Proxies};
use crate::assets::Manifest;
use crate::origin::Origins;
use crate::request_id::RequestIds;
use crate::templates::Renderer;

/// Settings of the HTTP side.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Proxies whose `X-Forwarded-*` headers are believed.
    pub trusted_proxies: Vec<Network>,
}

/// Cheap to clone.
#[derive(Clone)]
pub(crate) struct AppState(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) app: App,
    pub(crate) proxies: Proxies,
    pub(crate) origins: Origins,
    pub(crate) manifest: Arc<Manifest>,
    pub(crate) renderer: Renderer,
    pub(crate) request_ids: RequestIds,
    /// The API's description, made when somebody asks for it first.
    pub(crate) api: LazyLock<serde_json::Value>,
}

impl AppState {
    pub(crate) fn new(app: App, settings: Settings, describe: fn() -> serde_json::Value) -> Self {
        let request_ids = RequestIds::new(app.random());
        let manifest = Arc::new(Manifest::load());
        let renderer = Renderer::new(Arc::clone(&manifest));
        let proxies = Proxies::new(settings.trusted_proxies);
        let origins = Origins::new(&app.config().public_url);
        Self(Arc::new(Inner {
            app,
            proxies,
            origins,
            manifest,
            renderer,
            request_ids,
            api: LazyLock::new(describe),
        }))
    }
}

impl std::ops::Deref for AppState {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}
