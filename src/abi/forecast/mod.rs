mod check;
mod columns;
