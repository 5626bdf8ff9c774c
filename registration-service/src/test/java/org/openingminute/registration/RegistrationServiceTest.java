package org.openingminute.registration;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.ContextConfiguration;

/**
 * Runs a test class on the test run's one registration-service, with a real database and broker; {@link ServiceFixture} is injected. The
 * service keeps other classes' data, so each test uses its own conferences and registrations. A class that counts what all tests do imports
 * {@link ServiceFixture.Alone}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "APP_MODE=rehearsal",
            "ACCESS_TOKEN_KEYS=" + RegistrationServiceTest.TOKEN_KEYS,
            // Longer than a busy machine or its database stands still; a deployment waits for eight seconds.
            "admission.give-up-after=1m",
            // For the same reason; a deployment waits for two.
            "spring.datasource.hikari.connection-timeout=60000",
            // A test reports a room once, and a gateway each second.
            "waiting-room.known-for=2m"
        })
@ContextConfiguration(initializers = ServiceFixture.WithNeighbours.class)
@Import(ServiceFixture.class)
@ExtendWith(ServiceFixture.ClockReset.class)
public @interface RegistrationServiceTest {

    /** Two keys, as during a rotation. */
    String TOKEN_KEYS =
            "k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE" + "," + "k2:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8";
}
