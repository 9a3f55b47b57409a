//! The decision against its specification: vectors that anyone can read, properties over arbitrary facts, and the
//! golden matrix. Nothing here was derived from the code; `vectors.txt` follows access.md line by line.

mod case;
mod matrix;
mod properties;
mod vectors;
