# SPDX-License-Identifier: Apache-2.0
"""A small HTTP client, run by `mano demo` at the SAP: argv is <address> <port> <requests>, the
output a JSON list.

Each entry is the answering VNFC's name, or {"error": ...}. It uses the standard library only, for
it runs on the host."""

import http.client
import json
import sys


def ask(address: str, port: int) -> str | dict[str, str]:
    """One request on a connection of its own."""
    connection = http.client.HTTPConnection(address, port, timeout=1.5)
    try:
        connection.request("GET", "/")
        answer = connection.getresponse()
        body = answer.read(200).decode(errors="replace").strip()
        return (
            answer.getheader("X-Vnfc", body)
            if answer.status == 200
            else {"error": f"HTTP {answer.status}"}
        )
    except OSError as error:
        return {"error": "timed out" if isinstance(error, TimeoutError) else str(error)}
    except http.client.HTTPException as error:
        return {"error": repr(error)}
    finally:
        connection.close()


if __name__ == "__main__":
    print(json.dumps([ask(sys.argv[1], int(sys.argv[2])) for _ in range(int(sys.argv[3]))]))
