"""`digits-serve --grpc-port`, as a process of its own."""

import os
import socket
import subprocess

import grpc
import pytest
from served_process import ROOT, SERVE, free_port, serving, wait_for

from service import ports
from service.rpc import open_inference_pb2 as pb
from service.settings import Settings


def ready(port):
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        ask = channel.unary_unary(
            "/inference.GRPCInferenceService/ServerReady",
            request_serializer=pb.ServerReadyRequest.SerializeToString,
            response_deserializer=pb.ServerReadyResponse.FromString,
        )
        return ask(pb.ServerReadyRequest(), timeout=10, wait_for_ready=True).ready


def test_serves_grpc_beside_http_and_ends_with_it(tmp_path):
    port = free_port()

    with serving("--grpc-port", str(port), log_path=tmp_path / "log"):
        assert ready(port)

    assert f"gRPC on 127.0.0.1:{port}" in (tmp_path / "log").read_text()
    assert "Traceback" not in (tmp_path / "log").read_text()


@pytest.mark.skipif(not hasattr(socket, "SO_REUSEPORT"), reason="workers cannot share a port here")
def test_several_workers_listen_on_one_port(tmp_path):
    port = free_port()

    def both_listen():
        return (tmp_path / "log").read_text().count(f"gRPC on 127.0.0.1:{port}") == 2

    with serving("--grpc-port", str(port), "--workers", "2", log_path=tmp_path / "log"):
        wait_for(both_listen)
        assert ready(port)

    assert "Traceback" not in (tmp_path / "log").read_text()


def test_a_port_that_is_taken_is_a_wrong_setting():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = subprocess.run(
            [SERVE, "--port", "0", "--grpc-port", port],
            cwd=ROOT,
            env=os.environ,
            capture_output=True,
            text=True,
            check=False,
        )

    assert ended.returncode == 2
    assert f"nothing can listen on port {port}" in ended.stderr


def test_says_what_to_install_where_grpc_is_not(monkeypatch):
    monkeypatch.setattr(ports, "find_spec", lambda _: None)

    assert "FOLDER[grpc]" in ports.grpc_trouble(Settings(grpc_port=8001))


def test_http_and_grpc_cannot_share_a_port():
    assert "gRPC needs one of its own" in ports.grpc_trouble(Settings(port=8001, grpc_port=8001))
