//! HTTP and sockets in process, against the route table: who gets through, who does not, and what every answer
//! carries. PostgreSQL is the server named by `ANTEROOM_TEST_POSTGRES`; without it these tests fail.

mod addresses;
mod answer;
mod attacks;
mod browsers;
mod cases;
mod cast;
mod engines;
mod headers;
mod holder;
mod input;
mod inside;
mod invites;
mod lane;
mod leaving;
mod matrix;
mod members;
mod names;
mod neutral;
mod openapi;
mod people;
mod policy;
mod props;
mod quiet;
mod refusals;
mod rights;
mod rows;
mod sent;
mod shared;
mod site;
mod sockets;
mod stage;
mod uploads;
mod viewings;
mod waiting;
