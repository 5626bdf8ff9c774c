package org.openingminute.gateway;

import java.io.IOException;
import java.time.Clock;
import org.openingminute.gateway.staff.PasswordHashes;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.type.LogicalType;

/** The gateway: the public entry of the registration system. */
@SpringBootApplication(proxyBeanMethods = false)
@ConfigurationPropertiesScan
public class GatewayApplication {

    /**
     * Starts the gateway. With the single argument {@code hash-password} it prints the hash of a password for {@code STAFF_ACCOUNTS}
     * instead.
     */
    public static void main(String[] args) throws IOException {
        if (args.length == 1 && args[0].equals("hash-password")) {
            System.exit(PasswordHashes.print(PasswordHashes.read(), System.out, System.err));
        }
        SpringApplication.run(GatewayApplication.class, args);
    }

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    /** Turns off coercion, for example of a number to a text, so that a body with a wrong type is refused. */
    @Bean
    JsonMapperBuilderCustomizer noNumbersAsText() {
        return builder -> builder.withCoercionConfig(
                LogicalType.Textual,
                config -> config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                        .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                        .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail));
    }
}
