package org.openingminute.gateway.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.openingminute.gateway.GatewayTest;
import org.openingminute.gateway.ServiceFixture;
import org.openingminute.gateway.staff.Member;
import org.openingminute.kit.access.Person;
import org.openingminute.kit.access.Role;
import org.springframework.beans.factory.annotation.Autowired;

/**
 * Proves that sessions stay valid while the host of registration-service is switched off, so that connections are neither accepted nor
 * refused.
 */
@GatewayTest(surroundings = SilentServiceIT.SilentRegistration.class)
class SilentServiceIT {

    private static final Member OPERATOR =
            new Member(new Person("operator", "operator"), null, Set.of(Role.Grant.of(Role.OPERATOR)));
    private static final List<AutoCloseable> KEPT = new ArrayList<>();

    static final class SilentRegistration extends ServiceFixture.Surroundings {

        SilentRegistration() {
            // The gateway gives the connection up after half of this time, and the whole call at its end.
            super("gateway.upstream.registration=" + silence(), "gateway.budgets.internal=10s");
        }
    }

    @Autowired
    private ServiceFixture gateway;

    @Autowired
    private SessionCookies cookies;

    @Test
    void a_session_goes_on() {
        String session = "__Host-staff=" + cookies.begin(OPERATOR).getValue();
        assertThat(gateway.get("/api/payments/1", "Cookie", session).statusCode())
                .isEqualTo(200);
        assertThat(gateway.payment.received().getLast().header("Cookie")).startsWith("staff=ey");
    }

    /** A port that completes no more connections, because its backlog is full. */
    private static String silence() {
        try {
            ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            KEPT.add(server);
            while (true) {
                Socket client = new Socket();
                KEPT.add(client);
                try {
                    client.connect(server.getLocalSocketAddress(), 200);
                } catch (SocketTimeoutException e) {
                    return "http://127.0.0.1:" + server.getLocalPort();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
