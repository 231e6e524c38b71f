"""The smallest Django project that runs the kit's commands, for tests of processes."""
