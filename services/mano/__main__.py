# SPDX-License-Identifier: Apache-2.0
"""`python -m mano`."""

from mano.cli import main

if __name__ == "__main__":
    main()
