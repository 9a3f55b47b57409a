//! The decision against its specification: vectors that anyone can read, properties over arbitrary facts, and the
//! golden matrix. Nothing here was derived from the code; `vectors.txt` follows access.md line by line.

mod case;
mod invite_case;
mod invite_matrix;
mod invite_properties;
mod matrix;
mod properties;
mod vectors;
