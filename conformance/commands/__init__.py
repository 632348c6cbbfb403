"""The commands, one module each. They import what is slow inside, so that help comes at once."""
