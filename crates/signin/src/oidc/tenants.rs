//! Providers that one address speaks for, and many who do not know each other: any of them may type any e-mail address
//! into their own directory, or an account is anybody's to make.

use url::Url;

/// Microsoft's sign-in, in each of its clouds. Behind a directory's own id it is that directory's provider.
const ENTRA: [&str; 6] = [
    "login.microsoftonline.com",
    "login.microsoftonline.us",
    "login.partner.microsoftonline.cn",
    "login.microsoft.com",
    "login.windows.net",
    "sts.windows.net",
];
/// Names of "whichever directory", and the id of the one that all private accounts are in.
const ANY_DIRECTORY: [&str; 6] = [
    "common",
    "organizations",
    "consumers",
    "{tenantid}",
    "%7btenantid%7d",
    "9188040d-6c67-4c5b-b112-36a304b66dad",
];
/// Where anybody makes an account.
const FOR_EVERYBODY: [&str; 12] = [
    "accounts.google.com",
    "appleid.apple.com",
    "gitlab.com",
    "id.twitch.tv",
    "login.live.com",
    "login.yahoo.com",
    "api.login.yahoo.com",
    "oauth.telegram.org",
    "slack.com",
    "www.facebook.com",
    "www.linkedin.com",
    "www.paypal.com",
];

/// Whether an issuer speaks for more than one organisation. What cannot be read is taken to.
pub fn is_of_many_tenants(issuer: &str) -> bool {
    let Ok(url) = Url::parse(issuer) else { return true };
    let host = url.host_str().unwrap_or_default().trim_end_matches('.');
    if FOR_EVERYBODY.contains(&host) {
        return true;
    }
    let directory = url.path().trim_start_matches('/').split('/').next().unwrap_or_default();
    let directory = directory.to_ascii_lowercase();
    ENTRA.contains(&host) && (directory.is_empty() || ANY_DIRECTORY.contains(&&*directory))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_organisation_is_told_from_many() {
        for many in [
            "https://login.microsoftonline.com/common/v2.0",
            "https://login.microsoftonline.com/Organizations/v2.0",
            "https://login.microsoftonline.com/consumers/v2.0/",
            "https://login.microsoftonline.com//common/v2.0",
            "https://LOGIN.microsoftonline.com/{tenantid}/v2.0",
            "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0",
            "https://login.microsoftonline.us/common/v2.0",
            "https://login.microsoftonline.com./common/v2.0",
            "https://login.microsoftonline.com",
            "https://sts.windows.net/common/",
            "https://accounts.google.com",
            "no address",
        ] {
            assert!(is_of_many_tenants(many), "{many}");
        }
        for one in [
            "https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/v2.0",
            "https://login.microsoftonline.com/school.example/v2.0",
            "https://id.school.example/application/o/anteroom/",
            "https://gitlab.school.example",
            "http://127.0.0.1:9000",
        ] {
            assert!(!is_of_many_tenants(one), "{one}");
        }
    }
}
