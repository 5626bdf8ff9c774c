package org.openingminute.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.openingminute.messaging.testing.TestInfrastructure;
import org.openingminute.registration.ServiceUnderTest.Reply;
import org.openingminute.registration.ServiceUnderTest.Written;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** One registration-service on a real database and broker; its neighbours are played by the test. */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"APP_MODE=rehearsal", "ACCESS_TOKEN_KEYS=k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE"})
abstract class ServiceCalls {

    static final Duration SOON = Duration.ofSeconds(30);

    @LocalServerPort
    int port;

    @Autowired
    JdbcClient jdbc;

    ServiceUnderTest service;

    @DynamicPropertySource
    static void infrastructure(DynamicPropertyRegistry registry) {
        TestInfrastructure.register(registry, "registration");
        registry.add("STAFF_JWKS_URI", ServiceUnderTest::jwksUri);
    }

    @BeforeEach
    void connect() {
        service = new ServiceUnderTest(port);
    }

    List<String> timeline(Reply registration) {
        List<String> lines = new ArrayList<>();
        service.get("/api/registrations/" + registration.text("id") + "/timeline", registration.text("accessToken"))
                .body()
                .get("items")
                .forEach(item -> lines.add(item.get("what").asString()));
        return lines;
    }

    void awaitStatus(Reply registration, String status) {
        await().atMost(SOON)
                .untilAsserted(
                        () -> assertThat(read(registration).text("status")).isEqualTo(status));
    }

    Reply read(Reply registration) {
        return service.get("/api/registrations/" + registration.text("id"), registration.text("accessToken"));
    }

    Written awaitWritten(String topic, String key, String type) {
        return await().atMost(SOON)
                .until(() -> written(topic, key, type), found -> !found.isEmpty())
                .getFirst();
    }

    List<Written> written(String topic, String key, String type) {
        return service.written(topic, key).stream()
                .filter(message -> message.type().equals(type))
                .toList();
    }
}
