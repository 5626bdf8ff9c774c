package org.openingminute.payment;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.ResourceLockTarget;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.AliasFor;
import org.springframework.test.context.ContextConfiguration;

/**
 * Runs a test class on the real service with a database and a broker; {@link ServiceFixture} is its client. Classes with the same settings
 * share one service and run concurrently, each on its own registrations. A test that affects others is marked with {@link DisturbsOthers}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.DEFINED_PORT)
@ContextConfiguration
@Import(ServiceFixture.class)
@ExtendWith(ServiceFixture.Calm.class)
@Execution(ExecutionMode.CONCURRENT)
@ResourceLock(value = DisturbsOthers.SERVICE, mode = ResourceAccessMode.READ, target = ResourceLockTarget.CHILDREN)
@interface PaymentServiceTest {

    @AliasFor(annotation = ContextConfiguration.class, attribute = "initializers")
    Class<? extends ApplicationContextInitializer<?>>[] surroundings() default ServiceFixture.Surroundings.class;
}
