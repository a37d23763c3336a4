# SPDX-License-Identifier: Apache-2.0
"""The agent on the real kernel: from a desired document to networks, ports and processes, and back to nothing."""
import os
import signal
import subprocess
import time

from tests.unit.dataplane_agent.conftest import IDLE, Document, Vim, compute, network, port
