mod arrays;
mod decide;
mod several;
