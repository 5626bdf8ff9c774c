package org.openingminute.kit.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class AccessAutoConfigurationTest {

    private final ApplicationContextRunner application =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(AccessAutoConfiguration.class));

    /** The admission benchmark starts registration-service without a web server. */
    @Test
    void caller_resolver_exists_without_a_web_server() {
        application
                .withBean(
                        AccessSettings.class,
                        () -> new AccessSettings(
                                "https://registration.example.org",
                                "k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE",
                                StaffTrust.NONE))
                .withBean(Clock.class, Clock::systemUTC)
                .run(context ->
                        assertThat(context).hasSingleBean(CallerResolver.class).hasSingleBean(AccessTokens.class));
    }

    @Test
    void nothing_exists_in_a_process_without_access_settings() {
        application.run(context -> assertThat(context).doesNotHaveBean(CallerResolver.class));
    }
}
