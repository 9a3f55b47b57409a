//! What every handler can reach.

use std::sync::Arc;

use app::App;

use crate::address::Network;
use crate::assets::Manifest;
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
    pub(crate) renderer: Renderer,
}

impl AppState {
    pub(crate) fn new(app: App, settings: Settings) -> Self {
        Self(Arc::new(Inner { app, settings, renderer: Renderer::new(Manifest::load()) }))
    }
}

impl std::ops::Deref for AppState {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}
