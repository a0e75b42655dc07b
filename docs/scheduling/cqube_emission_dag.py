"""Airflow: emits the folders of several states every evening, one process for each. Airflow 2.4 or later, and 3.

The connection `cqube_<state>` holds the address of the emission API as its host and the token as its password.
"""

from __future__ import annotations

import os
import subprocess
from datetime import datetime, timedelta

from airflow.exceptions import AirflowException, AirflowFailException

try:
    from airflow.sdk import BaseHook, dag, task
except ImportError:
    from airflow.decorators import dag, task
    from airflow.hooks.base import BaseHook

STATES = {
    "gujarat": "/srv/states/gujarat/cqube_emission",
    "goa": "/srv/states/goa/cqube_emission",
}


def run(command: str, folder: str, *options: str, env: dict[str, str] | None = None) -> int:
    """Runs one command; its lines become lines of the task's log."""
    words = ["cqube-emission", command, *options, folder]
    process = subprocess.Popen(
        words,
        env={**os.environ, **(env or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    for line in process.stdout:
        print(line.rstrip())
    return process.wait()


@dag(
    schedule="30 20 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 4, "retry_delay": timedelta(minutes=15)},
    tags=["cqube"],
)
def cqube_emission():
    @task(max_active_tis_per_dag=4)
    def emit(state: str) -> None:
        connection = BaseHook.get_connection(f"cqube_{state}")
        env = {
            "CQUBE_EMISSION_URL": connection.host,
            "CQUBE_EMISSION_TOKEN": connection.password,
        }
        folder = STATES[state]
        run("zip", folder)
        # Wait until ingestion has the files, so that tasks behind this one can count on it.
        code = run("emit", folder, "--format", "ndjson", "--wait", "60", env=env)
        if code == 1:
            raise AirflowFailException("Something needs a person: see the events above. Not tried again.")
        if code != 0:
            raise AirflowException(f"cqube-emission ended with {code}; it is tried again.")

    emit.expand(state=list(STATES))


cqube_emission()
