//! What every handler can reach.

use std::sync::Arc;

use app::App;

use crate::address::Network;
use crate::assets::Manifest;
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
    pub(crate) settings: Settings,
    pub(crate) manifest: Arc<Manifest>,
    pub(crate) renderer: Renderer,
    pub(crate) request_ids: RequestIds,
}

impl AppState {
    pub(crate) fn new(app: App, settings: Settings) -> Self {
        let request_ids = RequestIds::new(app.random());
        let manifest = Arc::new(Manifest::load());
        let renderer = Renderer::new(Arc::clone(&manifest));
        Self(Arc::new(Inner { app, settings, manifest, renderer, request_ids }))
    }
}

impl std::ops::Deref for AppState {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}
