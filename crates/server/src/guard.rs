//! Routes with their guards. A route can only be added together with what guards it, so the table of all routes
//! is always whole; tests walk it.

use app::domain::access::Action;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::routing::{MethodFilter, on};
use http::StatusCode;
use tower_http::timeout::TimeoutLayer;

use crate::state::AppState;

/// What stands before a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Nothing: reachable by everybody. Says why that is right.
    Open(&'static str),
    /// The decision on this action, inside the use case.
    Decides(Action),
    /// A good ticket of the viewing in the path.
    Ticket,
}

/// One row of the route table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RouteEntry {
    /// `GET` routes answer HEAD too.
    pub method: &'static str,
    /// The path, with parameters in braces.
    pub path: &'static str,
    /// What stands before it.
    pub guard: Guard,
}

/// The table while it is written.
pub(crate) struct Routes {
    router: Router<AppState>,
    pub(crate) table: Vec<RouteEntry>,
}

macro_rules! methods {
    ($($name:ident, $filter:ident, $text:literal;)+) => {$(
        pub(crate) fn $name<H, T>(self, path: &'static str, guard: Guard, handler: H) -> Self
        where
            H: Handler<T, AppState>,
            T: 'static,
        {
            self.add($text, MethodFilter::$filter, path, guard, handler)
        }
    )+};
}

macro_rules! large_methods {
    ($($name:ident, $filter:ident, $text:literal;)+) => {$(
        pub(crate) fn $name<H, T>(
            self,
            path: &'static str,
            guard: Guard,
            most_bytes: usize,
            handler: H,
        ) -> Self
        where
            H: Handler<T, AppState>,
            T: 'static,
        {
            let handler = handler.layer(DefaultBodyLimit::max(most_bytes));
            self.add($text, MethodFilter::$filter, path, guard, handler)
        }
    )+};
}

impl Routes {
    pub(crate) fn new() -> Self {
        Self { router: Router::new(), table: Vec::new() }
    }

    methods! {
        get, GET, "GET";
        post, POST, "POST";
        put, PUT, "PUT";
        patch, PATCH, "PATCH";
        delete, DELETE, "DELETE";
        head, HEAD, "HEAD";
        options, OPTIONS, "OPTIONS";
    }

    // Whose body may be larger than others.
    large_methods! {
        post_large, POST, "POST";
        put_large, PUT, "PUT";
    }

    fn add<H, T>(
        mut self,
        method: &'static str,
        filter: MethodFilter,
        path: &'static str,
        guard: Guard,
        handler: H,
    ) -> Self
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        self.router = self.router.route(path, on(filter, handler));
        self.table.push(RouteEntry { method, path, guard });
        self
    }

    /// Bounds how long the routes added so far may take to answer, their bodies' arrival included.
    pub(crate) fn within(mut self, time: Duration) -> Self {
        self.router = self.router.layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, time));
        self
    }

    pub(crate) fn into_router(self) -> Router<AppState> {
        self.router
    }
}
