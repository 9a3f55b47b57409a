//! The real binary under load, killed, locked out and closed: what no test inside one process can show. PostgreSQL is
//! the server named by `ANTEROOM_TEST_POSTGRES`; `ANTEROOM_TEST_LONG=1` asks for the long rounds.

mod closing;
mod command_line;
mod command_people;
mod crashes;
mod end_now;
mod exactness;
mod forms;
mod full_disk;
mod guards;
mod invite_devices;
mod invite_states;
mod invites;
mod jobs;
mod link_limit;
mod load;
mod lobby_oracle;
mod lost_files;
mod mail;
mod outages;
mod renewals;
mod run_out;
mod signed_out;
mod small_disk;
mod start;
mod start_together;
mod stopping;
mod terminal;
mod tokens;
mod unread;
mod upgrade;

/// The binary under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_anteroom");

/// Makes of each function `fn name(kind: Kind)` two tests, `name::sqlite` and `name::postgres`.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[test]
            fn sqlite() {
                super::$name(testkit::Kind::Sqlite);
            }

            #[test]
            fn postgres() {
                super::$name(testkit::Kind::Postgres);
            }
        }
    )+};
}
use on_both;

/// Where these servers listen, to be handed to threads.
fn addresses(servers: &[testkit::Server]) -> Vec<std::net::SocketAddr> {
    servers.iter().map(testkit::Server::address).collect()
}
