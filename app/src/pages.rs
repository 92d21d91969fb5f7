//! The pages.

pub mod challenges;
pub mod compare;
pub mod crash_points;
pub mod frame;
pub mod home;
pub mod lesson;
pub mod lessons;
pub mod lost;
pub mod play;
pub mod run;
pub mod screen;
pub mod workbench;
