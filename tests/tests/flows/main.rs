//! What people do, row by row: each test is named after the row of the flows that it walks, through
//! real HTTP. The server runs in this process, so that a test moves its clock instead of waiting.

mod a;
mod a6;
mod a9;
mod access;
mod attacks;
mod authorisations;
mod b;
mod b_limits;
mod c;
mod c11;
mod c_ways;
mod c_wizard;
mod cards;
mod d;
mod d2;
mod limits;
mod people;
mod phones;
mod post;
mod practice;
mod restored;
mod sends;
mod support;
mod tokens;
