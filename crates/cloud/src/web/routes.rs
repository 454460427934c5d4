//! Routes that are recorded while the router is built, so that documents and tests about "every
//! route" cannot miss one.

use axum::Router;
use axum::handler::Handler;
use axum::http::Method;
use axum::routing::{self, MethodRouter};

use super::compression;
use crate::live::Live;

/// One method at one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// GET (which includes HEAD) or POST.
    pub method: Method,
    /// As matched by the router: `/devices/{serial}`.
    pub path: &'static str,
}

/// A router and the list of its routes.
#[derive(Default)]
pub struct Routes {
    router: Router<Live>,
    list: Vec<Route>,
}

/// The methods of one address.
pub struct Methods {
    router: MethodRouter<Live>,
    methods: Vec<Method>,
}

/// Answers GET, and so HEAD, with this handler.
pub fn get<H: Handler<T, Live>, T: 'static>(handler: H) -> Methods {
    Methods {
        router: routing::get(handler),
        methods: vec![Method::GET],
    }
}

/// Answers POST with this handler.
pub fn post<H: Handler<T, Live>, T: 'static>(handler: H) -> Methods {
    Methods {
        router: routing::post(handler),
        methods: vec![Method::POST],
    }
}

impl Methods {
    /// Answers POST at the same address, too.
    #[must_use]
    pub fn post<H: Handler<T, Live>, T: 'static>(mut self, handler: H) -> Methods {
        self.router = self.router.post(handler);
        self.methods.push(Method::POST);
        self
    }
}

impl Routes {
    /// A router without any routes yet.
    pub fn new() -> Routes {
        Routes::default()
    }

    /// Adds an address with its methods.
    #[must_use]
    pub fn route(mut self, path: &'static str, methods: Methods) -> Routes {
        let of_path = methods.methods.into_iter();
        self.list
            .extend(of_path.map(|method| Route { method, path }));
        self.router = self.router.route(path, methods.router);
        self
    }

    /// Compresses the answers of the routes so far.
    #[must_use]
    pub fn compressed(mut self) -> Routes {
        self.router = self.router.layer(compression::of_pages());
        self
    }

    /// Adds all routes of another list.
    #[must_use]
    pub fn and(mut self, others: Routes) -> Routes {
        self.list.extend(others.list);
        self.router = self.router.merge(others.router);
        self
    }

    /// The router and its routes.
    pub fn finish(self) -> (Router<Live>, Vec<Route>) {
        (self.router, self.list)
    }
}
