//! Real files through real ffmpeg. Nothing is skipped: without ffmpeg every test fails and says so.

mod boxes;
mod changing;
mod clocks;
mod declared;
mod hostile;
mod limits;
mod ordinary;
mod peculiar;
mod process;
mod sound;
mod source;
mod stand_in;
mod step;
mod watch;
mod work;
