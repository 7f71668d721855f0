// Nothing but a file to compile: a library of precompiled headers needs one.
