//! The sealed memory of a sign-in.

use store::{Conn, sign_in_flow};

use super::{FLOW_LASTS, REMEMBERED};
use crate::{App, Error, Secret};

fn purpose(kind: &str) -> String {
    format!("sign-in flow {kind}")
}

fn row(browser: &[u8; 32]) -> [u8; 16] {
    let mut row = [0; 16];
    row.copy_from_slice(&browser[..16]);
    row
}

impl App {
    /// Remembers something for a browser; the answer goes into its cookie.
    pub(super) async fn begin_flow(&self, kind: &'static str, state: &str) -> Result<Secret, Error> {
        let (secret, now) = (Secret::from_random(self.random()), self.now());
        let hash = secret.hash();
        let sealed =
            self.inner.keys.seal_bytes(&purpose(kind), state.as_bytes(), &row(&hash), &self.inner.outside);
        let sealed = sealed.ok_or_else(|| Error::Bug("a sign-in could not be sealed".into()))?;
        self.inner
            .store
            .write(async move |conn: &mut Conn| {
                sign_in_flow::put(conn, hash, kind, &sealed, now.minus(REMEMBERED), now.plus(FLOW_LASTS))
                    .await
            })
            .await?;
        Ok(secret)
    }

    /// What was remembered for this browser, given out once, and whether it came back in time.
    pub(super) async fn take_flow(
        &self,
        kind: &'static str,
        browser: Option<Secret>,
    ) -> Result<Option<(String, bool)>, Error> {
        let Some(browser) = browser else { return Ok(None) };
        let (hash, now) = (browser.hash(), self.now());
        let sealed = self
            .inner
            .store
            .write(async move |conn: &mut Conn| sign_in_flow::take(conn, hash, kind, now).await)
            .await?;
        let Some((sealed, is_good)) = sealed else { return Ok(None) };
        let opened = self.inner.keys.open_bytes(&purpose(kind), &sealed, &row(&hash));
        Ok(opened.and_then(|state| String::from_utf8(state).ok()).map(|state| (state, is_good)))
    }
}
