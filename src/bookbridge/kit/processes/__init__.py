"""Starting, watching and stopping the processes of an installation."""

from bookbridge.kit.processes.supervisor import ChildSpec, Supervisor, TooManyRestartsError

__all__ = ["ChildSpec", "Supervisor", "TooManyRestartsError"]
