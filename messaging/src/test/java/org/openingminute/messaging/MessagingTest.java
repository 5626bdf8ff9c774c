package org.openingminute.messaging;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.openingminute.messaging.testing.Servers;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.core.annotation.AliasFor;
import org.springframework.test.context.ContextConfiguration;

/** Runs a test in a minimal service that uses this library, on a real PostgreSQL and a real broker. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(
        properties = {
            "spring.datasource.url=${DATABASE_URL}",
            "spring.datasource.username=${DATABASE_USER}",
            "spring.datasource.password=${DATABASE_PASSWORD}",
            "spring.kafka.bootstrap-servers=${KAFKA_BOOTSTRAP_SERVERS}",
            "spring.flyway.locations=classpath:db/messaging,classpath:db/audit"
        })
@ContextConfiguration(initializers = Servers.class)
public @interface MessagingTest {

    /** The configuration classes of the service. */
    @AliasFor(annotation = SpringBootTest.class)
    Class<?>[] classes();

    /** The arguments of the service; they set its name, which is its consumer group as well. */
    @AliasFor(annotation = SpringBootTest.class)
    String[] args();
}
