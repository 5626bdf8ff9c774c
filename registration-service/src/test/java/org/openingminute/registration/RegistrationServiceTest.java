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
 * Tests on the one registration-service of a test run, on a real database and broker; {@link ServiceFixture} is injected. The
 * service keeps what other classes made, so each test looks at its own conferences and registrations alone. One that counts
 * what all do imports {@link ServiceFixture.Alone}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"APP_MODE=rehearsal", "ACCESS_TOKEN_KEYS=" + RegistrationServiceTest.TOKEN_KEYS})
@ContextConfiguration(initializers = ServiceFixture.WithNeighbours.class)
@Import(ServiceFixture.class)
@ExtendWith(ServiceFixture.ClockReset.class)
public @interface RegistrationServiceTest {

    /** Two, as while they are being changed. */
    String TOKEN_KEYS =
            "k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE" + "," + "k2:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8";
}
