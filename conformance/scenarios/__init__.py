"""What is asked of a server, step by step: generators that know no sockets, threads or clocks."""
