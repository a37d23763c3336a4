# SPDX-License-Identifier: Apache-2.0
"""build"""
def build(folder, out):
    raise NotImplementedError
