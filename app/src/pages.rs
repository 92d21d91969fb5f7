//! The pages.

pub mod compare;
pub mod frame;
pub mod home;
pub mod lost;
pub mod run;
pub mod screen;
pub mod workbench;
