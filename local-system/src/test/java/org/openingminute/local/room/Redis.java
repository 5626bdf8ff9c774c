package org.openingminute.local.room;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.openingminute.kit.testing.FreePort;
import redis.embedded.RedisServer;

/** A Redis in its own process, without persistence. */
final class Redis implements AutoCloseable {

    private final int port;
    private final RedisServer server;

    Redis() throws IOException {
        port = FreePort.draw();
        server = RedisServer.newRedisServer()
                .port(port)
                .bind("127.0.0.1")
                .setting("save \"\"")
                .build();
        server.start();
    }

    String url() {
        return "redis://127.0.0.1:" + port;
    }

    /** Deletes all its data. */
    void empty() throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write("FLUSHALL\r\n".getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII);
            if (!answer.equals("+OK\r\n")) {
                throw new IOException("not emptied: " + answer);
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.stop();
    }
}
