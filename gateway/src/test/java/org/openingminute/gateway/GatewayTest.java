package org.openingminute.gateway;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.core.annotation.AliasFor;
import org.springframework.test.context.ContextConfiguration;

/** Runs a test against a running gateway, reached through its {@link ServiceFixture}. Tests with the same settings share one gateway. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        // Without this, each gateway waits for two seconds when it stops.
        properties = "spring.reactor.netty.shutdown-quiet-period=0s")
@ContextConfiguration
@ExtendWith(ServiceFixture.SilentStubs.class)
public @interface GatewayTest {

    @AliasFor(annotation = ContextConfiguration.class, attribute = "initializers")
    Class<? extends ApplicationContextInitializer<?>>[] surroundings() default ServiceFixture.Surroundings.class;
}
