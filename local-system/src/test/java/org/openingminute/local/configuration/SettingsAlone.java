package org.openingminute.local.configuration;

import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.openingminute.kit.startup.RefusedStart;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportSelector;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.core.type.AnnotationMetadata;

/** Starts only what a service does before it connects to anything: binding and checking its settings. */
final class SettingsAlone {

    private SettingsAlone() {}

    /** The logged reason why the service refuses these variables, or empty if it would start. */
    static Optional<String> refusal(Service service, Map<String, String> variables) {
        // Spring Boot's scan for settings uses the thread's class loader, whatever the application has.
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        ClassLoader classes = classes(service);
        Thread.currentThread().setContextClassLoader(classes);
        SpringApplication application = new SpringApplication(service.settings());
        application.setResourceLoader(new DefaultResourceLoader(classes));
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setBannerMode(Banner.Mode.OFF);
        application.setEnvironment(environment(variables));
        try {
            application
                    .run(
                            "--spring.config.location=file:" + service.properties(),
                            "--SECRETS_DIR=/nowhere",
                            "--logging.level.root=off")
                    .close();
            return Optional.empty();
        } catch (RuntimeException e) {
            return Optional.of(RefusedStart.sentence(e).orElseThrow(() -> new AssertionError("not in one line", e)));
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    /** A class loader for the service's own classes. The libraries are those of the tests. */
    static ClassLoader classes(Service service) {
        try {
            URL folder =
                    Path.of("..", service.module(), "target", "classes").toUri().toURL();
            return new URLClassLoader(new URL[] {folder}, SettingsAlone.class.getClassLoader());
        } catch (MalformedURLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static StandardEnvironment environment(Map<String, String> variables) {
        Map<String, Object> values = new HashMap<>(variables);
        return new StandardEnvironment() {
            @Override
            protected void customizePropertySources(MutablePropertySources sources) {
                sources.addLast(new SystemEnvironmentPropertySource(SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, values));
            }
        };
    }

    static final class Check implements ImportSelector {
        @Override
        public String[] selectImports(AnnotationMetadata importing) {
            return new String[] {"org.openingminute.kit.startup.StartAutoConfiguration"};
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConfigurationPropertiesScan({
        "org.openingminute.registration",
        "org.openingminute.messaging",
        "org.openingminute.kit.startup"
    })
    @Import(Check.class)
    static class Registration {}

    @Configuration(proxyBeanMethods = false)
    @ConfigurationPropertiesScan({
        "org.openingminute.payment",
        "org.openingminute.messaging",
        "org.openingminute.kit.startup"
    })
    @Import(Check.class)
    static class Payment {}

    @Configuration(proxyBeanMethods = false)
    @ConfigurationPropertiesScan({
        "org.openingminute.notification",
        "org.openingminute.messaging",
        "org.openingminute.kit.startup"
    })
    @Import(Check.class)
    static class Notification {}

    @Configuration(proxyBeanMethods = false)
    @ConfigurationPropertiesScan({"org.openingminute.gateway", "org.openingminute.kit.startup"})
    @Import(Check.class)
    static class Gateway {}
}
