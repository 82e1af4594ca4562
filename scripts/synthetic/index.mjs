// The synthetic captures: what few real captures show, built so that every field has a value of its own. They import the
// package by its name, which is dist/ for scripts/synthetic.mjs and src/ for the test that compares them with tshark.
import { link } from "./link.mjs";

export const captures = [...link];
