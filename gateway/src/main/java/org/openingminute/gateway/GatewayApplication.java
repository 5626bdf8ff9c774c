package org.openingminute.gateway;

import java.io.IOException;
import java.time.Clock;
import org.openingminute.gateway.staff.PasswordHashes;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;

/** The public edge of the registration system. */
@SpringBootApplication(proxyBeanMethods = false)
@ConfigurationPropertiesScan
public class GatewayApplication {

    /** Starts the gateway, or with {@code hash-password} alone prints the hash of a password for {@code STAFF_ACCOUNTS}. */
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
}
