@_exported public import LockstepExploration
