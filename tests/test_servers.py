import psycopg
from redis import Redis


def test_postgresql_answers_from_an_empty_database_that_reaches_the_disk(postgres: str) -> None:
    with psycopg.connect(postgres) as connection:
        assert connection.execute("select version() like 'PostgreSQL%'").fetchone() == (True,)
        assert connection.execute("select count(*) from pg_stat_user_tables").fetchone() == (0,)
        assert connection.execute("select current_setting('fsync')").fetchone() == ("on",)


def test_valkey_answers_and_is_empty(redis: str) -> None:
    with Redis.from_url(redis) as client:
        assert client.ping()
        assert client.dbsize() == 0
