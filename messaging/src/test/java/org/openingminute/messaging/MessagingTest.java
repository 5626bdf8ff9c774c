package org.openingminute.messaging;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.openingminute.messaging.testing.Servers;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.core.annotation.AliasFor;
import org.springframework.test.context.ContextConfiguration;

/** Tests on a service that has this library and little else, on a real database and broker. */
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

    /** The service. */
    @AliasFor(annotation = SpringBootTest.class)
    Class<?>[] classes();

    /** Its name among them, which is that of its consumer group too. */
    @AliasFor(annotation = SpringBootTest.class)
    String[] args();
}
