"""Everything that touches the network or the disk: live target, recordings, callback receiver."""
