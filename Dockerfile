# SPDX-License-Identifier: Apache-2.0
# One image, many commands: `mano run ROLE`, `dataplane-agent run …`. See docs/distributed.md.
ARG BASE=debian:bookworm-slim

# What each package asks for, and nothing else of ours: a layer that is the same while only our code changes.
FROM ${BASE} AS projects
COPY . /src
RUN find /src -type f ! -name pyproject.toml ! -path /src/tools/packages -delete

FROM ${BASE} AS build
RUN apt-get update -qq && apt-get install -qq -y --no-install-recommends ca-certificates python3-venv \
    && python3 -m venv /opt/mano
ENV PATH=/opt/mano/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    PIP_CONSTRAINT=/src/constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
# First what others wrote, by packages that are still empty: it stays as it is while our code changes.
# Wheels found in build/wheels are used; a builder without PyPI sets PIP_NO_INDEX=1 as well.
ARG PIP_NO_INDEX=
COPY constraints.txt build/wheel[s] ./
COPY --from=projects /src .
RUN pip install -q --find-links . hatchling && pip install -q --find-links . --no-build-isolation $(EXTRAS=amqp tools/packages requirements) \
    && pip check
COPY . .
RUN pip install -q --no-index --no-deps --force-reinstall --no-build-isolation $(EXTRAS=amqp tools/packages requirements)

FROM ${BASE}
# What the agent and the sample VNFs call; the services need only Python.
RUN apt-get update -qq && apt-get install -qq -y --no-install-recommends iproute2 nftables libseccomp2 openssl procps python3 \
    && rm -rf /var/lib/apt/lists/* && useradd --uid 10001 --no-log-init --home-dir /var/lib/mano mano \
    && install -d -o mano -g mano -m 700 /var/lib/mano
COPY --from=build /opt/mano /opt/mano
ENV PATH=/opt/mano/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin MANO_DATA=/var/lib/mano PYTHONUNBUFFERED=1
USER mano
CMD ["mano", "--help"]
