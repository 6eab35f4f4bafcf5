# The image of every Switchboard process; docker-compose.yml starts each service from it.
FROM python:3.13.9-slim-bookworm AS build
WORKDIR /app
RUN python -m venv /opt/switchboard
# The pins change seldom and are a layer of their own.
COPY constraints.txt ./
RUN /opt/switchboard/bin/pip install --no-cache-dir --require-hashes -r constraints.txt
COPY . .
RUN /opt/switchboard/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.13.9-slim-bookworm
RUN useradd --system --create-home --home-dir /var/lib/switchboard switchboard
COPY --from=build /opt/switchboard /opt/switchboard
COPY --chmod=755 deploy/entrypoint.sh /usr/local/bin/entrypoint.sh
ENV PATH=/opt/switchboard/bin:$PATH PYTHONUNBUFFERED=1 SWITCHBOARD_HOME=/var/lib/switchboard
USER switchboard
WORKDIR /var/lib/switchboard
ENTRYPOINT ["entrypoint.sh"]
CMD ["switchboard", "worker"]
