//! HTTP and sockets in process, against the route table: who gets through, who does not, and what every answer
//! carries. PostgreSQL is the server named by `ANTEROOM_TEST_POSTGRES`; without it these tests fail.

mod answer;
mod attacks;
mod cases;
mod cast;
mod engines;
mod headers;
mod holder;
mod input;
mod invites;
mod lane;
mod matrix;
mod members;
mod neutral;
mod openapi;
mod policy;
mod props;
mod quiet;
mod refusals;
mod rights;
mod rows;
mod sent;
mod site;
mod sockets;
mod stage;
