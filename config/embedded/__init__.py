"""The services of a bare machine: PostgreSQL and Valkey out of wheels, for demo, tests and bench.

    python -m config.embedded [--state DIR | --throw-away] [--no-fsync] -- COMMAND ARGS...

runs COMMAND with `DATABASE_URL` and `REDIS_URL` set. A variable that is already set is left alone
and its server is not started; with both set the wrapper becomes the command and does nothing else,
so production never meets this package. The servers end with the command, however that ends.
"""
